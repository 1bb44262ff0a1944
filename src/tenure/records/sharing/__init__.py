"""Who told whom of us: links that customers share, and newcomers who came by one."""
