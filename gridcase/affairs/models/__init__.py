"""The tables of the room, by thing."""

from gridcase.affairs.models.activities import Activity, ActivityKnock, Participation
from gridcase.affairs.models.campaigns import (
    Campaign,
    CampaignAction,
    CampaignActivity,
    CampaignEntry,
    CampaignOpinion,
    CampaignOpinionVisit,
    CampaignPlan,
)
from gridcase.affairs.models.honours import Award, AwardRound, Board, BoardHome, HomeChoice
from gridcase.affairs.models.teams import HelpRequest, Team, TeamMember

__all__ = [
    "Activity",
    "ActivityKnock",
    "Award",
    "AwardRound",
    "Board",
    "BoardHome",
    "Campaign",
    "CampaignAction",
    "CampaignActivity",
    "CampaignEntry",
    "CampaignOpinion",
    "CampaignOpinionVisit",
    "CampaignPlan",
    "HelpRequest",
    "HomeChoice",
    "Participation",
    "Team",
    "TeamMember",
]
