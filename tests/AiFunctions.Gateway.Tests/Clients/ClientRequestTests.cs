using System.Text.Json;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Management;
using AiFunctions.Gateway.Operations;
using AiFunctions.Gateway.Tiers;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Tests.Clients;

public sealed class ClientRequestTests
{
    [Fact]
    public void A_star_among_a_clients_models_is_refused_for_it_would_mean_none()
    {
        var tiers = new TierCatalog(Options.Create(new RateLimitsOptions()));

        var refused = Assert.Throws<GatewayException>(() => ClientRequest.Read(JsonElement.Parse("""{"models":["*"]}"""), tiers, new OperationScopes([])));

        Assert.Equal("models", refused.Error.Param);
    }

    [Fact]
    public void Models_that_are_too_long_together_to_be_stored_are_refused()
    {
        var tiers = new TierCatalog(Options.Create(new RateLimitsOptions()));

        ClientRequest.Read(Models('m'), tiers, new OperationScopes([]));
        var refused = Assert.Throws<GatewayException>(() => ClientRequest.Read(Models('模'), tiers, new OperationScopes([])));

        Assert.Equal("models", refused.Error.Param);
    }

    private static JsonElement Models(char letter) =>
        JsonSerializer.SerializeToElement(new { models = Enumerable.Range(0, 100).Select(i => $"{i:00}{new string(letter, 254)}") });
}
