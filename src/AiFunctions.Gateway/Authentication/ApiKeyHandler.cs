using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using AiFunctions.Gateway.Blocks;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Hashing;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Authentication;

/// <summary>Authenticates a client by its API key.</summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    ClientDirectory directory,
    AddressBlocks addresses,
    KeyedHash hash,
    TimeProvider time)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var (key, error) = Credential.Read(Request.Headers);
        if (key is null)
        {
            return Fail(error!);
        }

        if (ApiKey.TryReadKeyId(key) is not { } keyId
            || (!directory.IsKnown(keyId) && !await addresses.MayLookUpAsync(Context))
            || await directory.FindAsync(keyId, CancellationToken.None) is not { Key: { } record } identity
            || !CryptographicOperations.FixedTimeEquals(hash.OfApiKey(key), record.Hash)
            || record.RevokedAt is not null)
        {
            return Fail(GatewayErrors.InvalidApiKey);
        }

        if (record.ExpiresAt <= time.GetUtcNow())
        {
            return Fail(GatewayErrors.ExpiredApiKey);
        }

        Context.Features.Set(identity);
        var principal = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, identity.Client.Id)], SchemeName));
        return AuthenticateResult.Success(new AuthenticationTicket(principal, SchemeName));
    }

    private static AuthenticateResult Fail(GatewayError error) => AuthenticateResult.Fail(new GatewayException(error));
}
