using AiFunctions.Gateway.Clients;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Authentication.Jwt;

/// <summary>Tells access tokens from API keys by their form.</summary>
internal static class BearerToken
{
    /// <summary>The longest token that is looked at, in characters. Entra's grow to some 8 KB with many groups.</summary>
    public const int Longest = 16 * 1024;

    private const string Bearer = "Bearer ";

    /// <summary>Whether a request carries what is or would be a token, even cut off: a dot, which no key has, or the beginning of a JSON object in base64.</summary>
    public static bool IsIn(IHeaderDictionary headers)
    {
        foreach (var header in headers.Authorization)
        {
            if (header is not null && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) && IsLike(header.AsSpan(Bearer.Length).Trim()))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsLike(ReadOnlySpan<char> value) =>
        !value.StartsWith(ApiKey.Prefix, StringComparison.Ordinal) && (value.Contains('.') || value.StartsWith("eyJ", StringComparison.Ordinal));
}
