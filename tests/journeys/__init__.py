"""The whole main job, over real HTTP."""
