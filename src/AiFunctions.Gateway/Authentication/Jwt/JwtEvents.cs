using AiFunctions.Gateway.Errors;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace AiFunctions.Gateway.Authentication.Jwt;

/// <summary>What is done before the library checks a token: refuse what cannot be one, and have the key at hand that it is to be checked by.</summary>
internal sealed partial class JwtEvents(TokenAuthority authority, TimeProvider time, ILogger<JwtEvents> logger) : JwtBearerEvents
{
    private static readonly JsonWebTokenHandler Reader = new() { MaximumTokenSizeInBytes = BearerToken.Longest };

    public override async Task MessageReceived(MessageReceivedContext context)
    {
        var (token, _) = Credential.Read(context.Request.Headers);
        if (token is null || token.Length > BearerToken.Longest || Read(token) is not { } parsed)
        {
            context.Fail(new GatewayException(GatewayErrors.InvalidToken));
            return;
        }

        try
        {
            // Only for what a new key could make good: no request to the authority is made for other tokens.
            var configuration = await authority.GetConfigurationAsync(CancellationToken.None);
            if (!HasKey(configuration, parsed.Kid) && CouldBeGood(parsed, configuration, context.Options.TokenValidationParameters))
            {
                await authority.RefreshAsync(configuration, CancellationToken.None);
            }
        }
        catch (AuthorityUnavailableException e)
        {
            context.Fail(new GatewayException(
                GatewayErrors.AuthorityUnavailable with { RetryAfterSeconds = Math.Max(1, (int)Math.Ceiling(e.RetryAfter.TotalSeconds)) }, e));
            return;
        }

        context.Token = token;
    }

    public override Task AuthenticationFailed(AuthenticationFailedContext context)
    {
        // Its text may quote the token.
        LogRefused(logger, context.HttpContext.TraceIdentifier, context.Exception.GetType().Name);
        return Task.CompletedTask;
    }

    private bool CouldBeGood(JsonWebToken token, OpenIdConnectConfiguration configuration, TokenValidationParameters rules) =>
        !string.IsNullOrEmpty(token.Kid)
        && token.Issuer == configuration.Issuer
        && token.Audiences.Contains(rules.ValidAudience, StringComparer.Ordinal)
        && rules.ValidAlgorithms.Contains(token.Alg, StringComparer.Ordinal)
        && time.GetUtcNow().UtcDateTime - rules.ClockSkew < token.ValidTo;

    private static bool HasKey(OpenIdConnectConfiguration configuration, string? keyId) =>
        configuration.SigningKeys.Any(key => key.KeyId == keyId);

    private static JsonWebToken? Read(string token)
    {
        try
        {
            // RFC 7515, 4.1.11: what a token declares critical must be understood, and the library understands none of it.
            return Reader.CanReadToken(token) && Reader.ReadJsonWebToken(token) is var parsed && !parsed.TryGetHeaderValue<object>("crit", out _) ? parsed : null;
        }
        catch (Exception)
        {
            return null; // what the parsers throw on is no token
        }
    }

    [LoggerMessage(LogLevel.Information, "The access token of request {RequestId} was refused ({Reason})")]
    private static partial void LogRefused(ILogger logger, string requestId, string reason);
}
