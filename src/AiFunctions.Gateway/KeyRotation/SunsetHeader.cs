using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.KeyRotation;

/// <summary>Tells a caller when the key that it uses ends (RFC 8594).</summary>
internal static class SunsetHeader
{
    /// <summary>Puts the end into the answer, whatever answer it becomes. The end that is told last counts.</summary>
    public static void Announce(HttpContext context, DateTimeOffset ends) =>
        context.Response.OnStarting(() =>
        {
            // Called in the order opposite to that of announcing: what is there was announced later.
            context.Response.Headers.TryAdd("Sunset", ends.UtcDateTime.ToString("R", CultureInfo.InvariantCulture));
            return Task.CompletedTask;
        });
}
