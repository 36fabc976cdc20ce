"""The single electronic voter list: from the registers' extracts to each precinct's list (Art. 27-30)."""
