"""The metadata types that the simulated org knows, as describeMetadata tells of them.

Folders, suffixes and first versions: metadata API guide, and the registry of
source-deploy-retrieve 13.7.0. Of some types that every org knows this one has no component.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MetadataType:
    """One type of metadata."""

    name: str
    directory: str
    suffix: str
    since: int
    """First API version that has it."""
    meta_file: bool = False


TYPES: tuple[MetadataType, ...] = (
    MetadataType("ApexClass", "classes", "cls", 10, meta_file=True),
    MetadataType("ApexComponent", "components", "component", 12, meta_file=True),
    MetadataType("ApexPage", "pages", "page", 11, meta_file=True),
    MetadataType("ApexTrigger", "triggers", "trigger", 10, meta_file=True),
    MetadataType("AuthProvider", "authproviders", "authprovider", 27),
    MetadataType("BlacklistedConsumer", "blacklistedConsumers", "blacklistedConsumer", 49),
    MetadataType("Certificate", "certs", "crt", 36, meta_file=True),
    MetadataType("ConnectedApp", "connectedApps", "connectedApp", 29),
    MetadataType("ExternalClientApplication", "externalClientApps", "eca", 59),
    MetadataType("ExtlClntAppConfigurablePolicies", "extlClntAppPolicies", "ecaPlcy", 60),
    MetadataType(
        "ExtlClntAppGlobalOauthSettings", "extlClntAppGlobalOauthSets", "ecaGlblOauth", 59
    ),
    MetadataType(
        "ExtlClntAppOauthConfigurablePolicies", "extlClntAppOauthPolicies", "ecaOauthPlcy", 59
    ),
    MetadataType("ExtlClntAppOauthSettings", "extlClntAppOauthSettings", "ecaOauth", 59),
    MetadataType("NamedCredential", "namedCredentials", "namedCredential", 33),
    MetadataType("PermissionSet", "permissionsets", "permissionset", 22),
    MetadataType("RemoteSiteSetting", "remoteSiteSettings", "remoteSite", 19),
    MetadataType("Settings", "settings", "settings", 29),
    MetadataType("StaticResource", "staticresources", "resource", 12, meta_file=True),
    MetadataType(
        "TransactionSecurityPolicy", "transactionSecurityPolicies", "transactionSecurityPolicy", 35
    ),
)
BY_NAME = {each.name.lower(): each for each in TYPES}
"""Types by their names in lower case."""
SETTINGS_SUFFIX = "Settings"
"""What the types of single settings end in: ``ConnectedAppSettings`` of ``ConnectedApp``."""
