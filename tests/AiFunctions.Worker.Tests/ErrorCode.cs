using System.Text.Json;

namespace AiFunctions.Worker.Tests;

/// <summary>The code in a contract error.</summary>
internal static class ErrorCode
{
    /// <summary>Reads the code of an answer that is an error.</summary>
    public static async Task<string?> OfAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(body.StartsWith("{\"error\":", StringComparison.Ordinal), $"{response.StatusCode}: '{body}'");
        return JsonElement.Parse(body).GetProperty("error").GetProperty("code").GetString();
    }
}
