"""What each public page shows, computed from one snapshot and ready for its template: no template computes
anything.
"""
