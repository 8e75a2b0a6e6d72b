using System.Text.Json;
using AiFunctions.Local.Tests.Samples.HttpFiles;

namespace AiFunctions.Local.Tests.Samples;

/// <summary>The requests of <c>gateway.http</c>, sent in their order as an editor sends them.</summary>
public sealed class HttpFileTests(SimulatorHost simulated) : IClassFixture<SimulatorHost>
{
    [Fact]
    public async Task Every_request_succeeds()
    {
        var file = HttpFile.Parse(await File.ReadAllTextAsync(Repository.Path("samples/gateway.http"), TestContext.Current.CancellationToken));
        var key = await simulated.Host.NewKeyAsync();
        var values = new HttpFileValues(
            file.Variables, name => name == "AIF_KEY" ? key : name == "AIF_MANAGEMENT_KEY" ? simulated.Host.ManagementKey : null);
        values.Set("host", simulated.Host.BaseAddress.GetLeftPart(UriPartial.Authority));

        Assert.NotEmpty(file.Requests);
        foreach (var request in file.Requests)
        {
            using var message = request.ToMessage(values);
            using var response = await simulated.Host.Http.SendAsync(message, TestContext.Current.CancellationToken);
            var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

            Assert.True(response.IsSuccessStatusCode, $"{request.Title}: {(int)response.StatusCode} {body}");
            if (request.Name is { } name && response.Content.Headers.ContentType?.MediaType == "application/json")
            {
                values.Keep(name, JsonElement.Parse(body));
            }
        }
    }
}
