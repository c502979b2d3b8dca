"""Wan2GP without models: its web UI on the real Gradio, and its MCP mode on the real MCP library."""
