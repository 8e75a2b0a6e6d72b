using System.Text.Json;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Models;

namespace AiFunctions.Gateway.Tests.Models;

public sealed class FallbackModelsTests
{
    [Theory]
    [InlineData("""{"model":"a"}""", null)]
    [InlineData("""{"model":"a","models":["a","b"]}""", null)]
    [InlineData("""{"model":"a","models":[]}""", null)]
    [InlineData("""{"model":"a","models":null}""", null)]
    [InlineData("""{"model":"a","models":["a","c"]}""", "models")]
    [InlineData("""{"model":"a","models":["A"]}""", "models")]
    [InlineData("""{"model":"a","models":"c"}""", "models")]
    [InlineData("""{"model":"a","models":[{"id":"c"}]}""", "models")]
    [InlineData("""{"model":"a","fallbacks":["c"]}""", "fallbacks")]
    [InlineData("""{"model":"a","fallbacks":[{"a":["c"]}]}""", "fallbacks")]
    public void A_client_with_models_of_its_own_falls_back_on_no_other(string request, string? field)
    {
        Assert.Equal(field, FallbackModels.FindForbidden(JsonElement.Parse(request), Client(["a", "b"])));
        Assert.Null(FallbackModels.FindForbidden(JsonElement.Parse(request), Client([])));
    }

    private static Client Client(string[] models) =>
        new() { Id = "c1", Name = "c1", Tier = "free", Models = models, CreatedAt = DateTimeOffset.UnixEpoch, UpdatedAt = DateTimeOffset.UnixEpoch };
}
