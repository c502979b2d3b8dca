"""Stands in for fsspec, of which gradio_client uses only `fsspec.asyn`."""
