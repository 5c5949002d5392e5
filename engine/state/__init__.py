"""Everything that is written at run time, behind one interface: `engine.state.state.State`."""
