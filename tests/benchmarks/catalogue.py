"""All benchmarks, in the order of the table."""

from __future__ import annotations

from . import (
    blender_ticks,
    exiting,
    finding,
    flapping,
    gradio_sessions,
    growth,
    http_load,
    idling,
    outages,
    registry,
    reuse,
    settings,
    snapshots,
    start_up,
    stopping,
    surveying,
    wan2gp_facts,
    websocket_load,
)
from .figures import Benchmark

BENCHMARKS = (
    Benchmark("found", finding.measure),
    Benchmark("survey", surveying.measure),
    Benchmark("wan2gp", wan2gp_facts.measure),
    Benchmark("killed", outages.measure_killed),
    Benchmark("frozen", outages.measure_frozen),
    Benchmark("return", outages.measure_return),
    Benchmark("flapping", flapping.measure, has_gates=True),
    Benchmark("growth", growth.measure, has_gates=True),
    Benchmark("idle", idling.measure),
    Benchmark("stop", stopping.measure),
    Benchmark("exit", exiting.measure, has_gates=True),
    Benchmark("snapshot", snapshots.measure),
    Benchmark("registry", registry.measure),
    Benchmark("settings", settings.measure),
    Benchmark("http", http_load.measure, has_gates=True),
    Benchmark("reuse", reuse.measure, has_gates=True),
    Benchmark("gradio", gradio_sessions.measure),
    Benchmark("websocket", websocket_load.measure, has_gates=True),
    Benchmark("start", start_up.measure),
    Benchmark("blender", blender_ticks.measure),
)
