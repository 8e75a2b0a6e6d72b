using System.Buffers;
using System.Text.RegularExpressions;
using AiFunctions.Gateway.Clients;

namespace AiFunctions.Gateway.CredentialInUrl;

/// <summary>Finds credentials in an address, by the names of parameters and by their looks.</summary>
internal static partial class UrlCredentials
{
    // Once for what the caller meant, and for programs that have escaped what was escaped already.
    private const int MostDecodings = 3;

    private static readonly SearchValues<char> Separators = SearchValues.Create("?&;#");

    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "key", "api_key", "api-key", "apikey", "access_token", "token",
        "x-api-key", "authorization", "access-token", "refresh_token", "id_token", "client_secret", "subscription-key",
    };

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> NameLookup = Names.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether an address has one.</summary>
    /// <param name="target">The path and the query, as they were sent.</param>
    public static bool AreIn(string target)
    {
        for (var decodings = 0; ; decodings++)
        {
            // A path may well be called like one of the names.
            var query = target.AsSpan().IndexOfAny(Separators);
            if ((query >= 0 && HasName(target.AsSpan(query + 1))) || Looks().IsMatch(target))
            {
                return true;
            }

            if (decodings == MostDecodings || !target.AsSpan().ContainsAny('%', '+'))
            {
                return false;
            }

            var decoded = Uri.UnescapeDataString(target.Replace('+', ' '));
            if (decoded == target)
            {
                return false;
            }

            target = decoded;
        }
    }

    private static bool HasName(ReadOnlySpan<char> query)
    {
        foreach (var range in query.SplitAny(Separators))
        {
            var parameter = query[range];
            var end = parameter.IndexOf('=');
            if (NameLookup.Contains((end < 0 ? parameter : parameter[..end]).Trim()))
            {
                return true;
            }
        }

        return false;
    }

    // Keys of the gateway, whole or not; what follows "Bearer"; a signed token (RFC 7519); and keys of others that say themselves what they are.
    // Each has one place where it can begin in a run of letters, so that the time is linear.
    [GeneratedRegex(
        $$"""{{ApiKey.Prefix}}(?:(?<=[?&;=#]\s{0,8}{{ApiKey.Prefix}})|[0-9a-z]{1,32}_[0-9A-Za-z]{20})"""
        + """|(?<![0-9A-Za-z])[Bb][Ee][Aa][Rr][Ee][Rr]\s+[^\s&]"""
        + """|(?<![0-9A-Za-z_-])eyJ[0-9A-Za-z_-]{5,}\.[0-9A-Za-z_-]{8,}\."""
        + """|(?<![0-9A-Za-z_-])(?:sk-[0-9A-Za-z_-]{20}|AIza[0-9A-Za-z_-]{35}|gsk_[0-9A-Za-z]{20}|hf_[0-9A-Za-z]{30}"""
        + """|xai-[0-9A-Za-z]{40}|gh[pousr]_[0-9A-Za-z]{36}|AKIA[0-9A-Z]{16})""",
        RegexOptions.CultureInvariant)]
    private static partial Regex Looks();
}
