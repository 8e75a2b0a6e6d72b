using AiFunctions.Gateway.Errors;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Authentication;

/// <summary>Finds the credential that a request carries, wherever the SDKs put it.</summary>
internal static class Credential
{
    private const string Bearer = "Bearer ";
    private static readonly string[] KeyHeaders = ["api-key", "x-api-key"];

    /// <summary>Reads <c>Authorization: Bearer</c> and, for client operations, <c>api-key</c> and <c>x-api-key</c>.</summary>
    /// <returns>The credential, or what is wrong: none at all, or several that differ, of which none may be silently preferred.</returns>
    public static (string? Value, GatewayError? Error) Read(IHeaderDictionary headers, bool bearerOnly = false)
    {
        string? found = null;
        foreach (var header in headers.Authorization)
        {
            if (header is not null && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) && !Add(ref found, header.AsSpan(Bearer.Length)))
            {
                return (null, GatewayErrors.InvalidApiKey);
            }
        }

        if (!bearerOnly)
        {
            foreach (var name in KeyHeaders)
            {
                foreach (var header in headers[name])
                {
                    if (!Add(ref found, header))
                    {
                        return (null, GatewayErrors.InvalidApiKey);
                    }
                }
            }
        }

        return found is null ? (null, GatewayErrors.MissingCredentials) : (found, null);
    }

    private static bool Add(ref string? found, ReadOnlySpan<char> value)
    {
        value = value.Trim();
        if (value.IsEmpty)
        {
            return true;
        }

        if (found is not null)
        {
            return value.SequenceEqual(found);
        }

        found = value.ToString();
        return true;
    }
}
