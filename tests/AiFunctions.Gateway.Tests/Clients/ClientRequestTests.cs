using System.Text.Json;
using AiFunctions.Gateway.Clients.Management;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.RateLimits;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Tests.Clients;

public sealed class ClientRequestTests
{
    [Fact]
    public void A_star_among_a_clients_models_is_refused_for_it_would_mean_none()
    {
        var tiers = new TierCatalog(Options.Create(new RateLimitsOptions()));

        var refused = Assert.Throws<GatewayException>(() => ClientRequest.Read(JsonElement.Parse("""{"models":["*"]}"""), tiers));

        Assert.Equal("models", refused.Error.Param);
    }
}
