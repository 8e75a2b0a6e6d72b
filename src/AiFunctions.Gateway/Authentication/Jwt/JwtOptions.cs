namespace AiFunctions.Gateway.Authentication.Jwt;

/// <summary>Which access tokens are taken, and what they are worth. Section <c>Authentication:Jwt</c>. Off without an <see cref="Authority"/>.</summary>
internal sealed class JwtOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Authentication:Jwt";

    /// <summary>The app role that lets a token's holder use <c>/manage/*</c>.</summary>
    public const string ManagementRole = "AiFunctions.Manage";

    internal const int LongestClockSkewSeconds = 300;
    internal const int LongestRefreshIntervalSeconds = 3600;

    /// <summary>
    /// The OpenID Connect authority, an https address (http only on the loopback): its issuer and its keys are read from
    /// <c>/.well-known/openid-configuration</c> below it.
    /// </summary>
    public string? Authority { get; set; }

    /// <summary>What a token's <c>aud</c> must hold, exactly. Required.</summary>
    public string? Audience { get; set; }

    /// <summary>What a token must hold for client operations: in <c>scp</c> or <c>scope</c>, or for an application's own token also in <c>roles</c>. None by default.</summary>
    public string? RequiredScope { get; set; }

    /// <summary>The claim whose value is the tier of an application that is not registered. None by default.</summary>
    public string? TierClaim { get; set; }

    /// <summary>The tier of those that are not registered and whose tokens name none, or none that there is.</summary>
    public string DefaultTier { get; set; } = "free";

    /// <summary>Whether only applications that an operator has registered are served.</summary>
    public bool RequireRegistration { get; set; }

    /// <summary>By how many seconds the authority's clock and ours may differ, 0 to 300.</summary>
    public int ClockSkewSeconds { get; set; } = 60;

    /// <summary>
    /// How often tokens under keys that are not known may have the authority's keys read again: once in so many seconds, 1 to 3600, and five times at
    /// once after a quiet while. So whoever makes up key ids cannot have the authority asked more often.
    /// </summary>
    public int RefreshIntervalSeconds { get; set; } = 10;

    /// <summary>Whether tokens are taken at all.</summary>
    internal bool IsOn => !string.IsNullOrWhiteSpace(Authority);
}
