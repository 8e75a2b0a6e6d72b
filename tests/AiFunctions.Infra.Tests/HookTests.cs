using AiFunctions.Infra.Tests.Fixtures;

namespace AiFunctions.Infra.Tests;

public sealed class HookTests
{
    private const string PostProvision = "infra/hooks/postprovision.sh";

    public HookTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "The POSIX hooks need sh; on Windows azd runs the others.");

    [Fact]
    public async Task The_first_provision_makes_both_secrets()
    {
        using var azure = new FakeAzure();

        var run = await azure.RunAsync(PostProvision);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Matches("^[0-9a-f]{64}$", azure.Secret("hash-key"));
        Assert.Matches("^[0-9a-f]{64}$", azure.Secret("management-key"));
        Assert.NotEqual(azure.Secret("hash-key"), azure.Secret("management-key"));
    }

    [Fact]
    public async Task The_next_one_keeps_them()
    {
        using var azure = new FakeAzure();
        await azure.RunAsync(PostProvision);
        var (hashKey, managementKey) = (azure.Secret("hash-key"), azure.Secret("management-key"));

        var run = await azure.RunAsync(PostProvision);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal((hashKey, managementKey), (azure.Secret("hash-key"), azure.Secret("management-key")));
    }

    [Fact]
    public async Task A_secret_that_cannot_be_looked_up_is_not_replaced()
    {
        using var azure = new FakeAzure();

        var run = await azure.RunAsync(PostProvision, ("FAKE_REFUSES", "1"));

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("hash-key could not be looked up", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(azure.Calls, call => call.Contains("--method put", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Secrets_are_seen_by_nobody_on_their_way()
    {
        using var azure = new FakeAzure();

        var run = await azure.RunAsync(PostProvision, ("AZURE_PRINCIPAL_ID", "somebody"));

        string[] secrets = [azure.Secret("hash-key")!, azure.Secret("management-key")!];
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, run.Output + run.Error + string.Join('\n', azure.Calls), StringComparison.Ordinal));
        Assert.Equal(["600", "600"], azure.BodyModes);
        Assert.All(azure.Bodies, body => Assert.False(File.Exists(body), "The file with the secret is left behind."));
    }

    [Fact]
    public async Task Whoever_deploys_may_read_the_management_key_and_nothing_else()
    {
        using var azure = new FakeAzure();

        await azure.RunAsync(PostProvision, ("AZURE_PRINCIPAL_ID", "somebody"));

        var assignment = Assert.Single(azure.Calls, call => call.StartsWith("role assignment create", StringComparison.Ordinal));
        Assert.Contains("--assignee-object-id somebody", assignment, StringComparison.Ordinal);
        Assert.Contains("--role Key Vault Secrets User", assignment, StringComparison.Ordinal);
        Assert.Contains("/vaults/kv-test/secrets/management-key ", assignment, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_waits_until_the_app_sees_its_secrets()
    {
        using var azure = new FakeAzure();
        azure.DelayReferences();

        var run = await azure.RunAsync(PostProvision);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(2, azure.Calls.Count(call => call.Contains("/configreferences/appsettings/refresh?", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task After_the_deployment_it_says_how_to_make_the_first_client()
    {
        using var azure = new FakeAzure();

        var run = await azure.RunAsync("infra/hooks/postdeploy.sh");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("GATEWAY=https://func-test.example.net\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("az keyvault secret show --vault-name kv-test --name management-key", run.Output, StringComparison.Ordinal);
        Assert.Contains("curl -s $GATEWAY/manage/clients ", run.Output, StringComparison.Ordinal);
        Assert.Empty(azure.Calls);
    }
}
