"""Torture of what is written: processes killed, power lost, disks that refuse; and what is left."""
