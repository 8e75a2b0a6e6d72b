using System.Globalization;
using System.Security.Claims;

namespace AiFunctions.Gateway.Authentication.Jwt;

/// <summary>What a checked token says about its holder.</summary>
internal sealed record AccessToken
{
    // OpenID Connect and Entra v2, Entra v1, RFC 9068, Okta.
    private static readonly string[] ApplicationClaims = ["azp", "appid", "client_id", "cid"];

    /// <summary>The application that it was issued to.</summary>
    public required string Application { get; init; }

    /// <summary>The user in whose name the application asks, as the authority identifies them; null when it asks in its own.</summary>
    public string? User { get; init; }

    /// <summary>What the user has let the application do, or the application was let do.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>The app roles of the user or, without one, of the application.</summary>
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>The values of the claim that is to name the tier.</summary>
    public required IReadOnlyList<string> Tiers { get; init; }

    /// <summary>When it was issued; long ago if it does not say.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>Whether it allows what a setting demands. A user's roles are not the application's, so with a user only scopes count.</summary>
    public bool Allows(string scope) =>
        Scopes.Contains(scope, StringComparer.Ordinal) || (User is null && Roles.Contains(scope, StringComparer.Ordinal));

    /// <summary>Reads a checked token; null when it names no application.</summary>
    /// <param name="token">Its claims, under their own names.</param>
    /// <param name="tierClaim">The claim that names the tier, if any does.</param>
    public static AccessToken? Read(ClaimsPrincipal token, string? tierClaim)
    {
        if (ApplicationClaims.Select(token.FindFirstValue).FirstOrDefault(value => !string.IsNullOrEmpty(value)) is not { } application)
        {
            return null;
        }

        List<string> scopes = [.. Values(token, "scp").Concat(Values(token, "scope")).SelectMany(value => value.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        List<string> roles = [.. Values(token, "roles")];
        return new AccessToken
        {
            Application = application,
            User = UserOf(token, application, hasRolesOnly: scopes.Count == 0 && roles.Count > 0),
            Scopes = scopes,
            Roles = roles,
            Tiers = tierClaim is { Length: > 0 } ? [.. Values(token, tierClaim)] : [],
            IssuedAt = IssuedAtOf(token),
        };
    }

    // Entra says outright whose token it is when the optional claim 'idtyp' is configured. Else: RFC 9068 has the application as the subject of
    // its own tokens, and Entra gives those roles but never scopes.
    private static string? UserOf(ClaimsPrincipal token, string application, bool hasRolesOnly)
    {
        var subject = token.FindFirstValue("sub");
        var id = token.FindFirstValue("oid");
        var type = token.FindFirstValue("idtyp");
        var isApplications = type is not null
            ? type == "app"
            : subject == application || hasRolesOnly;
        return isApplications || (string.IsNullOrEmpty(subject) && string.IsNullOrEmpty(id)) ? null : $"{subject}\n{id}";
    }

    private static DateTimeOffset IssuedAtOf(ClaimsPrincipal token) =>
        long.TryParse(token.FindFirstValue("iat"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : DateTimeOffset.UnixEpoch;

    private static IEnumerable<string> Values(ClaimsPrincipal token, string claim) => token.FindAll(claim).Select(found => found.Value);
}
