"""The classes of Open Badges 3.0 and CLR 2.0 (1EdTech, appendix B of both): members and words."""

from collections.abc import Mapping
from types import MappingProxyType

WORDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "achievement type": frozenset(
            [
                "Achievement",
                "ApprenticeshipCertificate",
                "Assessment",
                "Assignment",
                "AssociateDegree",
                "Award",
                "Badge",
                "BachelorDegree",
                "Certificate",
                "CertificateOfCompletion",
                "Certification",
                "CommunityService",
                "Competency",
                "Course",
                "CoCurricular",
                "Degree",
                "Diploma",
                "DoctoralDegree",
                "Fieldwork",
                "GeneralEducationDevelopment",
                "JourneymanCertificate",
                "LearningProgram",
                "License",
                "Membership",
                "ProfessionalDoctorate",
                "QualityAssuranceCredential",
                "MasterCertificate",
                "MasterDegree",
                "MicroCredential",
                "ResearchDoctorate",
                "SecondarySchoolDiploma",
            ]
        ),
        "result type": frozenset(
            [
                "GradePointAverage",
                "LetterGrade",
                "Percent",
                "PerformanceLevel",
                "PredictedScore",
                "RawScore",
                "Result",
                "RubricCriterion",
                "RubricCriterionLevel",
                "RubricScore",
                "ScaledScore",
                "Status",
            ]
        ),
        "target type": frozenset(
            [
                "ceasn:Competency",
                "ceterms:Credential",
                "CFItem",
                "CFRubric",
                "CFRubricCriterion",
                "CFRubricCriterionLevel",
                "CTDL",
            ]
        ),
    }
)
"""Lists that may be extended by a word that starts with ``ext:``."""

RESULT_STATUS = frozenset(
    ["Completed", "Enrolled", "Failed", "InProgress", "OnHold", "Provisional", "Withdrew"]
)
"""Where a result stands; this list may not be extended."""

_CREDENTIAL = {
    "id": "url!",
    "issuer": "issuer!",
    "name": "text",
    "description": "text",
    "image": "Image",
    "awardedDate": "time",
    "evidence": "Evidence*",
    "endorsement": "EndorsementCredential*",
}

CLASSES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "AchievementCredential": {**_CREDENTIAL, "credentialSubject": "AchievementSubject!"},
        "EndorsementCredential": {**_CREDENTIAL, "credentialSubject": "EndorsementSubject!"},
        "ClrCredential": {
            **_CREDENTIAL,
            "partial": "flag",
            "credentialSubject": "ClrSubject!",
        },
        "AchievementSubject": {
            "id": "url",
            "achievement": "Achievement!",
            "activityEndDate": "time",
            "activityStartDate": "time",
            "creditsEarned": "number",
            "identifier": "IdentityObject*",
            "image": "Image",
            "licenseNumber": "text",
            "narrative": "text",
            "result": "Result*",
            "role": "text",
            "source": "Profile",
            "term": "text",
        },
        "ClrSubject": {
            "id": "url",
            "achievement": "Achievement*",
            "association": "Association*",
            "identifier": "IdentityObject*",
        },
        "EndorsementSubject": {"id": "url!", "endorsementComment": "text"},
        "Achievement": {
            "id": "url!",
            "achievementType": "achievement type",
            "alignment": "Alignment*",
            "creator": "Profile",
            "creditsAvailable": "number",
            "criteria": "criteria!",
            "description": "text!",
            "endorsement": "EndorsementCredential*",
            "fieldOfStudy": "text",
            "humanCode": "text",
            "image": "Image",
            "inLanguage": "text",
            "name": "text!",
            "otherIdentifier": "IdentifierEntry*",
            "related": "Related*",
            "resultDescription": "ResultDescription*",
            "specialization": "text",
            "tag": "text*",
            "version": "text",
        },
        "Profile": {
            "id": "url!",
            "name": "text",
            "url": "url",
            "description": "text",
            "endorsement": "EndorsementCredential*",
            "image": "Image",
            "address": "Address",
            "otherIdentifier": "IdentifierEntry*",
            "official": "text",
            "parentOrg": "Profile",
        },
        "Address": {"geo": "GeoCoordinates"},
        "GeoCoordinates": {"latitude": "number!", "longitude": "number!"},
        "Alignment": {
            "targetCode": "text",
            "targetDescription": "text",
            "targetFramework": "text",
            "targetName": "text!",
            "targetType": "target type",
            "targetUrl": "url!",
        },
        "Association": {"associationType": "text!", "sourceId": "url!", "targetId": "url!"},
        "Evidence": {
            "id": "url",
            "audience": "text",
            "description": "text",
            "genre": "text",
            "name": "text",
            "narrative": "text",
        },
        "IdentifierEntry": {"identifier": "text!", "identifierType": "text!"},
        "IdentityObject": {
            "hashed": "flag!",
            "identityHash": "text!",
            "identityType": "text!",
            "salt": "text",
        },
        "Image": {"id": "url!", "caption": "text"},
        "Related": {"id": "url!", "inLanguage": "text", "version": "text"},
        "Result": {
            "achievedLevel": "url",
            "alignment": "Alignment*",
            "resultDescription": "url",
            "status": "result status",
            "value": "text",
        },
        "ResultDescription": {
            "id": "url!",
            "alignment": "Alignment*",
            "allowedValue": "text*",
            "name": "text!",
            "requiredLevel": "url",
            "requiredValue": "text",
            "resultType": "result type!",
            "rubricCriterionLevel": "RubricCriterionLevel*",
            "valueMax": "text",
            "valueMin": "text",
        },
        "RubricCriterionLevel": {
            "id": "url!",
            "alignment": "Alignment*",
            "description": "text",
            "level": "text",
            "name": "text!",
            "points": "text",
        },
    }
)
"""Class to members (Open Badges 3.0, appendix B; CLR 2.0, appendix B).

``!`` marks a member that must be there, ``*`` one that may come several times.
"""
