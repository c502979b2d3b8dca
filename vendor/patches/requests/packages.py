# Changed by Movie Director: this file replaces requests/packages.py of requests 2.34.2 (Apache-2.0).
"""Empty on purpose: the original writes `requests.packages.*` into sys.modules, where the host sees it."""
