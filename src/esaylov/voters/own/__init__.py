"""My entry in the voter list: for whoever has shown who they are, by OneID or by an account. Nobody else's can be asked for."""
