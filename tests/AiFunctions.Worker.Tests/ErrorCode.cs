using System.Net.Http.Json;
using System.Text.Json;

namespace AiFunctions.Worker.Tests;

/// <summary>The code in a contract error.</summary>
internal static class ErrorCode
{
    /// <summary>Reads the code of an answer that is an error.</summary>
    public static async Task<string?> OfAsync(HttpResponseMessage response) =>
        (await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("error").GetProperty("code").GetString();
}
