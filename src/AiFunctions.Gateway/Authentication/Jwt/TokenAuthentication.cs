using AiFunctions.Gateway.Authentication.Applications;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Errors;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Authentication.Jwt;

/// <summary>Authenticates clients and operators by access tokens.</summary>
internal sealed class TokenAuthentication(IOptions<JwtOptions> options, ApplicationDirectory applications)
{
    private readonly JwtOptions _options = options.Value;

    /// <summary>Whether there is an authority whose tokens are taken.</summary>
    public bool AreTaken => _options.IsOn;

    /// <summary>Whether a request is to be judged by its token.</summary>
    public bool IsFor(HttpContext context) => _options.IsOn && BearerToken.IsIn(context.Request.Headers);

    /// <summary>Finds the client of a token.</summary>
    /// <returns>What is wrong; null when the request's <see cref="ClientIdentity"/> is set.</returns>
    public async Task<GatewayError?> AuthenticateClientAsync(HttpContext context)
    {
        var (token, error) = await ReadAsync(context);
        if (token is null)
        {
            return error;
        }

        if (_options.RequiredScope is { Length: > 0 } scope && !token.Allows(scope))
        {
            return GatewayErrors.MissingTokenScope;
        }

        if (await applications.FindAsync(token, CancellationToken.None) is not { } identity)
        {
            return GatewayErrors.ApplicationNotRegistered;
        }

        context.Features.Set(identity);
        return null;
    }

    /// <summary>Checks that a token lets its holder manage.</summary>
    /// <returns>What is wrong; null when nothing is.</returns>
    public async Task<GatewayError?> AuthenticateOperatorAsync(HttpContext context)
    {
        var (token, error) = await ReadAsync(context);
        return token is null ? error
            : token.Roles.Contains(JwtOptions.ManagementRole, StringComparer.Ordinal) ? null
            : GatewayErrors.MissingTokenScope;
    }

    private async Task<(AccessToken? Token, GatewayError? Error)> ReadAsync(HttpContext context)
    {
        AuthenticateResult result;
        try
        {
            result = await context.AuthenticateAsync(JwtBearerSetup.SchemeName);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return (null, GatewayErrors.InvalidToken); // a token on which the library throws is not valid
        }

        if (!result.Succeeded)
        {
            return (null, (result.Failure as GatewayException)?.Error ?? GatewayErrors.InvalidToken);
        }

        return AccessToken.Read(result.Principal, _options.TierClaim) is { } token ? (token, null) : (null, GatewayErrors.InvalidToken);
    }
}
