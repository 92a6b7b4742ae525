"""Other people's files about skills, read behind limits; nothing of them is believed.

Classifications (``esco``, ``competentnl``) become ``concepts.Concept`` values, people's own files
(``platform_profile``, ``edubadges``) become own claims and nothing more.
"""
