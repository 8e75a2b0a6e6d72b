using System.Text.Json;
using System.Text.RegularExpressions;
using AiFunctions.Infra.Tests.Fixtures;

namespace AiFunctions.Infra.Tests;

public sealed partial class DeploymentTests
{
    private static readonly Dictionary<string, string> RoleNames = new()
    {
        ["b7e6dc6d-f1e8-4753-8033-0f276bb0955b"] = "Storage Blob Data Owner",
        ["0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"] = "Storage Table Data Contributor",
        ["4633458b-17de-408a-b874-0445c86b69e6"] = "Key Vault Secrets User",
        ["b86a8fe4-44ce-4948-aee5-eccb2c155cd7"] = "Key Vault Secrets Officer",
        ["3913510d-42f4-4e42-8a64-420c390055eb"] = "Monitoring Metrics Publisher",
        ["3b03c2da-16b3-4a49-8834-0f8130efdd3b"] = "Log Analytics Data Reader",
        ["5e0bd9bd-7b93-4f28-af87-19fc36ad61bd"] = "Cognitive Services OpenAI User",
    };

    [Theory]
    [InlineData(Variant.Plain, true, false)]
    [InlineData(Variant.NoDeliveries, false, false)]
    [InlineData(Variant.Full, true, true)]
    public async Task The_app_has_these_roles_on_these_resources_and_nobody_else_has_any(Variant variant, bool deliveries, bool openAi)
    {
        var deployment = await Deployment.OfAsync(variant);
        (string, string)[] expected =
        [
            ("Microsoft.Insights/components", "Monitoring Metrics Publisher"),
            ("Microsoft.KeyVault/vaults", "Key Vault Secrets User"),
            .. deliveries ? [("Microsoft.KeyVault/vaults", "Key Vault Secrets Officer")] : Array.Empty<(string, string)>(),
            ("Microsoft.OperationalInsights/workspaces", "Log Analytics Data Reader"),
            ("Microsoft.Storage/storageAccounts", "Storage Blob Data Owner"),
            ("Microsoft.Storage/storageAccounts", "Storage Table Data Contributor"),
            .. openAi ? [("Microsoft.CognitiveServices/accounts", "Cognitive Services OpenAI User")] : Array.Empty<(string, string)>(),
        ];

        var roles = deployment.OfType("Microsoft.Authorization/roleAssignments").ToArray();

        Assert.Equal(expected.Order(), roles.Select(role => (ScopeOf(role), RoleOf(role))).Order());
        Assert.All(
            roles,
            role => Assert.Matches(
                "Microsoft.ManagedIdentity/userAssignedIdentities/id-[a-z0-9]+'[^)]*\\)\\.principalId\\]$",
                Property(role, "principalId").GetString()));
    }

    [Theory]
    [InlineData(Variant.Plain)]
    [InlineData(Variant.Full)]
    public async Task The_app_writes_to_the_vault_of_deliveries_and_not_to_that_of_its_own_secrets(Variant variant)
    {
        var deployment = await Deployment.OfAsync(variant);

        var byVault = deployment.OfType("Microsoft.Authorization/roleAssignments").Where(role => ScopeOf(role) == "Microsoft.KeyVault/vaults")
            .ToDictionary(role => VaultName().Match(role.GetProperty("id").GetString()!).Value, RoleOf);

        Assert.Equal("Key Vault Secrets User", byVault.Single(vault => vault.Key.StartsWith("kv-", StringComparison.Ordinal)).Value);
        var deliveries = byVault.Single(vault => vault.Key.StartsWith("kvd-", StringComparison.Ordinal));
        Assert.Equal("Key Vault Secrets Officer", deliveries.Value);
        Assert.Contains($"Microsoft.KeyVault/vaults/{deliveries.Key}'", deployment.AppSettings()["KeyRotation__KeyVaultUri"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Variant.Plain)]
    [InlineData(Variant.Full)]
    public async Task Nothing_can_be_opened_with_a_shared_key(Variant variant)
    {
        var deployment = await Deployment.OfAsync(variant);

        var storage = deployment.Single("Microsoft.Storage/storageAccounts");
        Assert.False(Property(storage, "allowSharedKeyAccess").GetBoolean());
        Assert.False(Property(storage, "allowBlobPublicAccess").GetBoolean());
        Assert.Equal("None", Property(deployment.Single("Microsoft.Storage/storageAccounts/blobServices/containers"), "publicAccess").GetString());
        Assert.True(Property(deployment.Single("Microsoft.Insights/components"), "DisableLocalAuth").GetBoolean());
        Assert.True(Property(deployment.Single("Microsoft.OperationalInsights/workspaces"), "features").GetProperty("disableLocalAuth").GetBoolean());
        Assert.All(deployment.OfType("Microsoft.CognitiveServices/accounts"), account => Assert.True(Property(account, "disableLocalAuth").GetBoolean()));
        Assert.Equal(
            [("ftp", false), ("scm", false)],
            deployment.OfType("Microsoft.Web/sites/basicPublishingCredentialsPolicies")
                .Select(policy => (policy.GetProperty("name").GetString()!.Split('/')[1], Property(policy, "allow").GetBoolean())).Order());

        Assert.All(deployment.OfType("Microsoft.KeyVault/vaults"), vault =>
        {
            Assert.True(Property(vault, "enableRbacAuthorization").GetBoolean());
            Assert.True(Property(vault, "enablePurgeProtection").GetBoolean());
            Assert.False(vault.GetProperty("properties").TryGetProperty("accessPolicies", out _));
        });
    }

    [Theory]
    [InlineData(Variant.Plain)]
    [InlineData(Variant.Full)]
    public async Task Nothing_is_reached_without_TLS_1_2(Variant variant)
    {
        var deployment = await Deployment.OfAsync(variant);

        var site = deployment.Single("Microsoft.Web/sites");
        Assert.True(Property(site, "httpsOnly").GetBoolean());
        Assert.Equal("1.2", Property(site, "siteConfig").GetProperty("minTlsVersion").GetString());
        Assert.Equal("1.2", Property(site, "siteConfig").GetProperty("scmMinTlsVersion").GetString());
        Assert.Equal("Disabled", Property(site, "siteConfig").GetProperty("ftpsState").GetString());

        var storage = deployment.Single("Microsoft.Storage/storageAccounts");
        Assert.True(Property(storage, "supportsHttpsTrafficOnly").GetBoolean());
        Assert.Equal("TLS1_2", Property(storage, "minimumTlsVersion").GetString());
    }

    [Theory]
    [InlineData(Variant.Plain, "RollingUpdate")]
    [InlineData(Variant.Full, "RollingUpdate")]
    [InlineData(Variant.Overriding, "Recreate")]
    public async Task An_update_lets_running_requests_end(Variant variant, string strategy)
    {
        var site = (await Deployment.OfAsync(variant)).Single("Microsoft.Web/sites");

        Assert.Equal(strategy, Property(site, "functionAppConfig").GetProperty("siteUpdateStrategy").GetProperty("type").GetString());

        // The first version of the API that has it; versions are dates.
        Assert.True(string.CompareOrdinal(site.GetProperty("apiVersion").GetString(), "2024-11-01") >= 0);
    }

    [Fact]
    public async Task With_private_networking_no_store_has_a_public_door()
    {
        var plain = await Deployment.OfAsync(Variant.Plain);
        var deployment = await Deployment.OfAsync(Variant.Full);
        string[] stores = ["Microsoft.Storage/storageAccounts", "Microsoft.KeyVault/vaults", "Microsoft.CognitiveServices/accounts"];

        var stored = stores.SelectMany(deployment.OfType).ToArray();
        Assert.Equal(4, stored.Length);
        Assert.All(stored, store => Assert.Equal("Disabled", Property(store, "publicNetworkAccess").GetString()));
        Assert.All(stored, store => Assert.Equal("Deny", Property(store, "networkAcls").GetProperty("defaultAction").GetString()));
        Assert.Equal(
            ["account", "blob", "table", "vault", "vault"],
            deployment.OfType("Microsoft.Network/privateEndpoints")
                .Select(endpoint => Property(endpoint, "privateLinkServiceConnections")[0].GetProperty("properties").GetProperty("groupIds")[0].GetString()!).Order());
        Assert.Equal(4, deployment.OfType("Microsoft.Network/privateDnsZones/virtualNetworkLinks").Select(link => link.GetProperty("id").GetString()).Distinct().Count());
        Assert.EndsWith("/subnets/app", Property(deployment.Single("Microsoft.Web/sites"), "virtualNetworkSubnetId").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(plain.Resources, resource => resource.GetProperty("type").GetString()!.StartsWith("Microsoft.Network/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_secret_passes_through_the_deployment()
    {
        var build = await Bicep.BuildAsync();
        using var template = JsonDocument.Parse(build.Output);
        var deployment = await Deployment.OfAsync(Variant.Full);

        Assert.DoesNotMatch(ReadsSecrets(), build.Output);
        Assert.DoesNotContain("securestring", build.Output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("secureobject", build.Output, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(deployment.OfType("Microsoft.KeyVault/vaults/secrets"));
        Assert.Equal(
            ["AZURE_DELIVERIES_KEY_VAULT_NAME", "AZURE_KEY_VAULT_ID", "AZURE_KEY_VAULT_NAME", "AZURE_LOCATION", "AZURE_RESOURCE_GROUP", "FUNCTION_APP_ID", "GATEWAY_URL"],
            template.RootElement.GetProperty("outputs").EnumerateObject().Select(output => output.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_app_runs_on_Flex_Consumption_as_its_identity()
    {
        var plain = await Deployment.OfAsync(Variant.Plain);
        var full = await Deployment.OfAsync(Variant.Full);
        var site = plain.Single("Microsoft.Web/sites");
        var config = Property(site, "functionAppConfig");

        Assert.Equal("FC1", plain.Single("Microsoft.Web/serverfarms").GetProperty("sku").GetProperty("name").GetString());
        Assert.Equal(
            ("dotnet-isolated", "10.0"),
            (
                config.GetProperty("runtime").GetProperty("name").GetString(),
                config.GetProperty("runtime").GetProperty("version").GetString()));
        var storage = config.GetProperty("deployment").GetProperty("storage");
        Assert.Equal("UserAssignedIdentity", storage.GetProperty("authentication").GetProperty("type").GetString());
        Assert.Equal(
            storage.GetProperty("authentication").GetProperty("userAssignedIdentityResourceId").GetString(),
            Assert.Single(site.GetProperty("identity").GetProperty("userAssignedIdentities").EnumerateObject()).Name);
        Assert.Empty(config.GetProperty("scaleAndConcurrency").GetProperty("alwaysReady").EnumerateArray());
        Assert.Equal(1, Property(full.Single("Microsoft.Web/sites"), "functionAppConfig").GetProperty("scaleAndConcurrency")
            .GetProperty("alwaysReady")[0].GetProperty("instanceCount").GetInt32());
        Assert.Equal("gateway", site.GetProperty("tags").GetProperty("azd-service-name").GetString());
    }

    [Fact]
    public async Task Client_certificates_are_required_without_exceptions_or_not_at_all()
    {
        var plain = (await Deployment.OfAsync(Variant.Plain)).Single("Microsoft.Web/sites");
        var required = (await Deployment.OfAsync(Variant.Full)).Single("Microsoft.Web/sites");

        Assert.False(Property(plain, "clientCertEnabled").GetBoolean());
        Assert.True(Property(required, "clientCertEnabled").GetBoolean());
        Assert.Equal("Required", Property(required, "clientCertMode").GetString());
        Assert.False(required.GetProperty("properties").TryGetProperty("clientCertExclusionPaths", out _), "There anybody could write X-ARR-ClientCert.");
    }

    [Fact]
    public async Task Alerts_reach_the_operators_when_there_is_an_address()
    {
        var plain = await Deployment.OfAsync(Variant.Plain);
        var full = await Deployment.OfAsync(Variant.Full);
        string[] rules = ["anomaly-found", "job-failed", "server-errors", "storage-failures"];

        Assert.Equal(rules, RulesOf(plain).Select(NameOf).Order());
        Assert.Equal(rules, RulesOf(full).Select(NameOf).Order());
        Assert.All(RulesOf(plain), rule => Assert.Empty(Property(rule, "actions").GetProperty("actionGroups").EnumerateArray()));
        var people = full.Single("Microsoft.Insights/actionGroups");
        Assert.Equal("operators@example.org", Property(people, "emailReceivers")[0].GetProperty("emailAddress").GetString());
        Assert.All(
            RulesOf(full),
            rule => Assert.Equal(
                people.GetProperty("id").GetString(),
                Assert.Single(Property(rule, "actions").GetProperty("actionGroups").EnumerateArray()).GetString()));
    }

    [Fact]
    public async Task The_workbook_shows_every_query()
    {
        var workbook = (await Deployment.OfAsync(Variant.Plain)).Single("Microsoft.Insights/workbooks");
        using var data = JsonDocument.Parse(Property(workbook, "serializedData").GetString()!);

        Assert.Equal(
            Directory.EnumerateFiles(Repository.Path("infra/queries"), "*.kql").Where(file => !Path.GetFileName(file).StartsWith("alert-", StringComparison.Ordinal))
                .Select(File.ReadAllText).Order(StringComparer.Ordinal),
            data.RootElement.GetProperty("items").EnumerateArray().Where(item => item.GetProperty("type").GetInt32() == 3)
                .Select(item => item.GetProperty("content").GetProperty("query").GetString()!).Order(StringComparer.Ordinal));
    }

    private static JsonElement Property(JsonElement resource, string name) => resource.GetProperty("properties").GetProperty(name);

    private static IEnumerable<JsonElement> RulesOf(Deployment deployment) => deployment.OfType("Microsoft.Insights/scheduledQueryRules");

    private static string NameOf(JsonElement rule) => rule.GetProperty("name").GetString()![..rule.GetProperty("name").GetString()!.LastIndexOf('-')];

    private static string RoleOf(JsonElement assignment) => RoleNames[Property(assignment, "roleDefinitionId").GetString()!.Split('/')[^1]];

    [GeneratedRegex(@"(?<=Microsoft\.KeyVault/vaults/)[^/']+")]
    private static partial Regex VaultName();

    /// <summary>The type of the resource that an assignment is for; a narrower or wider scope does not match.</summary>
    private static string ScopeOf(JsonElement assignment) => Scope().Match(assignment.GetProperty("id").GetString()!).Groups["type"].Value;

    [GeneratedRegex(@"^\[extensionResourceId\('/subscriptions/[^/]+/resourceGroups/[^/]+/providers/(?<type>[^/']+/[^/']+)/[^/']+', 'Microsoft.Authorization/roleAssignments'")]
    private static partial Regex Scope();

    [GeneratedRegex(@"list(Keys|Secrets|AccountSas|ServiceSas|Credentials)\(|getSecret\(|AccountKey=|SharedAccess", RegexOptions.IgnoreCase)]
    private static partial Regex ReadsSecrets();
}
