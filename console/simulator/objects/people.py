"""The org itself and its people: Organization, User, UserLogin.

Columns and field properties: object reference, and the description of a v64 org.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from console.simulator.dice import number_from
from console.simulator.ids import record_id
from console.simulator.moments import from_ms, to_ms
from console.simulator.objects.declared import AUDIT, audited, declared
from console.simulator.objects.permissions import profile_id
from console.simulator.objects.sources import OrgSources
from console.simulator.objects.tables import Row, Table
from console.simulator.org import story_people as people
from console.simulator.org.story import OrgFacts, SimUser

_ORGANIZATION = (
    "Id:id Name Division Street:textarea/- City State PostalCode Country Latitude:double"
    " Longitude:double Phone:phone Fax:phone PrimaryContact DefaultLocaleSidKey:picklist"
    " TimeZoneSidKey:picklist LanguageLocaleKey:picklist"
    " PreferencesTransactionSecurityPolicy:boolean/F PreferencesLightningLoginEnabled:boolean/F"
    " FiscalYearStartMonth:int UsesStartDateAsFiscalYearName:boolean"
    " SignupCountryIsoCode TrialExpirationDate:datetime OrganizationType:picklist NamespacePrefix"
    " InstanceName IsSandbox:boolean IsReadOnly:boolean MonthlyPageViewsUsed:int"
    f" MonthlyPageViewsEntitlement:int {AUDIT}"
)
_USER = (
    "Id:id Username LastName FirstName Name CompanyName Division Department Title Email:email"
    " SenderEmail:email SenderName Phone:phone MobilePhone:phone Alias CommunityNickname"
    " IsActive:boolean TimeZoneSidKey:picklist UserRoleId:reference LocaleSidKey:picklist"
    " EmailEncodingKey:picklist ProfileId:reference UserType:picklist"
    " LanguageLocaleKey:picklist EmployeeNumber DelegatedApproverId:reference"
    " ManagerId:reference LastLoginDate:datetime LastPasswordChangeDate:datetime"
    " PasswordExpirationDate:datetime NumberOfFailedLogins:int ForecastEnabled:boolean"
    " HasUserVerifiedPhone:boolean HasUserVerifiedEmail:boolean ContactId:reference"
    " AccountId:reference CallCenterId:reference FederationIdentifier AboutMe:textarea/FS"
    " FullPhotoUrl:url SmallPhotoUrl:url LastViewedDate:datetime LastReferencedDate:datetime"
    f" IsProfilePhotoActive:boolean IndividualId:reference {AUDIT}"
)
_USER_LOGIN = (
    "Id:id UserId:reference IsFrozen:boolean IsPasswordLocked:boolean LastModifiedDate:datetime"
    " LastModifiedById:reference"
)
_LONG_AGO = timedelta(days=700)


def people_tables(sources: OrgSources) -> tuple[Table, ...]:
    """Organization, User and UserLogin."""
    facts = sources.facts
    user_parents = {"Profile": ("Profile", "ProfileId"), "Manager": ("User", "ManagerId")}
    login_parents = {"User": ("User", "UserId")}
    return (
        declared("Organization", "00D", _ORGANIZATION, [_organization(facts)]),
        declared(
            "User",
            "005",
            _USER,
            lambda: _users(sources),
            user_parents,
            children={"PermissionSetAssignments": ("PermissionSetAssignment", "AssigneeId")},
        ),
        declared("UserLogin", "0Yw", _USER_LOGIN, map(_user_login, facts.users), login_parents),
    )


def _organization(facts: OrgFacts) -> Row:
    return {
        "Id": facts.org_id,
        "Name": facts.name,
        "Country": "Germany",
        "DefaultLocaleSidKey": "en_IE_EURO",
        "TimeZoneSidKey": "Europe/Berlin",
        "LanguageLocaleKey": "en_US",
        "PreferencesTransactionSecurityPolicy": True,
        "PreferencesLightningLoginEnabled": True,
        "FiscalYearStartMonth": 1,
        "SignupCountryIsoCode": "DE",
        "OrganizationType": facts.edition,
        "InstanceName": facts.instance,
        **audited(facts.created_at, people.ADMIN.user_id),
    }


def _users(sources: OrgSources) -> Iterator[Row]:
    last_logins = sources.recent_logins.by_user(to_ms(sources.now()))
    for n, user in enumerate(sources.facts.users):
        created_at = _joined(sources.facts, n)
        last_login = last_logins.get(user.user_id)
        yield {
            "Id": user.user_id,
            "Username": user.username,
            "Name": user.name,
            "FirstName": user.name.partition(" ")[0],
            "LastName": user.name.partition(" ")[2] or user.name,
            "CompanyName": sources.facts.name,
            "Email": user.email,
            "Alias": user.username.partition("@")[0][:8],
            "CommunityNickname": user.username.partition("@")[0],
            "IsActive": user.is_active,
            "TimeZoneSidKey": "Europe/Berlin",
            "LocaleSidKey": "en_IE_EURO",
            "EmailEncodingKey": "UTF-8",
            "LanguageLocaleKey": "en_US",
            "ProfileId": profile_id(user.profile),
            "UserType": user.user_type,
            "LastLoginDate": None if last_login is None else _second(last_login.at_ms),
            "LastPasswordChangeDate": created_at + _LONG_AGO * _share(user),
            "NumberOfFailedLogins": 0,
            "HasUserVerifiedEmail": True,
            **audited(created_at, people.ADMIN.user_id),
        }


def _user_login(user: SimUser) -> Row:
    """Whoever has left is frozen as well."""
    return {
        "Id": record_id("0Yw", user.username),
        "UserId": user.user_id,
        "IsFrozen": not user.is_active,
        "LastModifiedById": people.ADMIN.user_id,
    }


def _joined(facts: OrgFacts, n: int) -> datetime:
    """When the user came: a new one every two years, in the order of the story."""
    return facts.created_at.replace(year=min(facts.created_at.year + n // 2, 2025))


def _second(at_ms: int) -> datetime:
    return from_ms(at_ms - at_ms % 1000)


def _share(user: SimUser) -> float:
    return number_from("password", user.username) % 1000 / 1000
