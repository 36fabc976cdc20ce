"""Voters who belong to a precinct whatever their address says."""
