using System.Data.Common;
using System.Net;

namespace AiFunctions.Local.Azurite;

/// <summary>Recognises connection strings that mean the storage emulator on this machine.</summary>
internal static class DevelopmentStorage
{
    /// <summary>The short form of the emulator's connection string.</summary>
    public const string ConnectionString = "UseDevelopmentStorage=true";

    private const string AccountName = "devstoreaccount1";

    private static readonly Uri DefaultEndpoint = new($"http://127.0.0.1:10002/{AccountName}");

    /// <summary>The emulator's table endpoint, or <see langword="null"/> when the connection string means anything else.</summary>
    public static Uri? TableEndpoint(string connectionString)
    {
        var parts = new DbConnectionStringBuilder();
        try
        {
            parts.ConnectionString = connectionString;
        }
        catch (ArgumentException)
        {
            return null; // The storage options' validator looks at it and says so.
        }

        if (Is(parts, "UseDevelopmentStorage", "true"))
        {
            return DefaultEndpoint;
        }

        return Is(parts, "AccountName", AccountName)
            && parts.TryGetValue("TableEndpoint", out var value)
            && Uri.TryCreate(value as string, UriKind.Absolute, out var endpoint)
            && endpoint.Scheme == Uri.UriSchemeHttp
            && endpoint.IsLoopback
                ? endpoint
                : null;
    }

    /// <summary>Whether a connection string is for the emulator's account, on whatever machine: its key is published.</summary>
    public static bool IsEmulators(string connectionString)
    {
        try
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = connectionString };
            return Is(parts, "UseDevelopmentStorage", "true") || Is(parts, "AccountName", AccountName);
        }
        catch (ArgumentException)
        {
            return false; // The storage options' validator looks at it and says so.
        }
    }

    /// <summary>The address to listen on so that clients of the endpoint arrive: Azurite takes an address, not a name.</summary>
    public static string ListenAddress(Uri endpoint) =>
        IPAddress.TryParse(endpoint.DnsSafeHost, out var address) ? address.ToString() : IPAddress.Loopback.ToString();

    private static bool Is(DbConnectionStringBuilder parts, string name, string expected) =>
        parts.TryGetValue(name, out var value) && string.Equals(value as string, expected, StringComparison.OrdinalIgnoreCase);
}
