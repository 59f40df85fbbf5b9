"""The sandbox from outside: its agent, clock, faults and webhook apps, and a look into it."""
