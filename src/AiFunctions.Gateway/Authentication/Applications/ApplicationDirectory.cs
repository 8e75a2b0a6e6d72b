using System.Globalization;
using AiFunctions.Gateway.Authentication.Jwt;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Hashing;
using AiFunctions.Gateway.Storage;
using AiFunctions.Gateway.Tiers;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Authentication.Applications;

/// <summary>Finds the client that a token stands for, from records at most 25 s old.</summary>
internal sealed class ApplicationDirectory(
    ApplicationStore applications, TierCatalog tiers, KeyedHash hash, IOptions<JwtOptions> options, TimeProvider time) : IClientRecords
{
    private const int Capacity = 20_000;

    private readonly JwtOptions _options = options.Value;
    private readonly RecordCache<Registration> _registrations = new(time, RecordAge.Most, Capacity);
    private readonly RecordCache<Client> _unregistered = new(time, RecordAge.Most, Capacity);

    /// <summary>The client and, if the token is a user's, the user within it; null when only registered applications are served and this is none.</summary>
    /// <exception cref="StorageUnavailableException">Storage cannot be reached.</exception>
    public async ValueTask<ClientIdentity?> FindAsync(AccessToken token, CancellationToken cancellationToken)
    {
        var id = applications.IdOf(token.Application);
        var registration = await _registrations.GetAsync(id, ReadAsync, cancellationToken);
        var client = registration!.Client;
        if (client is null)
        {
            if (_options.RequireRegistration)
            {
                return null;
            }

            client = await UnregisteredAsync(id, token, cancellationToken);
        }

        return new ClientIdentity(client, Key: null)
        {
            UserId = token.User is { } user ? ClientId.OfUser(hash.OfUser(client.Id, user)) : null,
        };
    }

    /// <inheritdoc/>
    public void Forget() => _registrations.RemoveWhere(_ => true);

    private async Task<Registration?> ReadAsync(string applicationId) => new(await applications.FindAsync(applicationId, CancellationToken.None));

    // One object for each state that its tokens show it in. Of tokens that name different tiers, the one issued last holds: switching to and fro would
    // cost the client the units that were leased for it.
    private async ValueTask<Client> UnregisteredAsync(string id, AccessToken token, CancellationToken cancellationToken)
    {
        var tier = token.Tiers.Select(named => tiers.Names.FirstOrDefault(name => name.Equals(named, StringComparison.OrdinalIgnoreCase))).FirstOrDefault(name => name is not null)
            ?? _options.DefaultTier;
        var issuedAt = _options.TierClaim is null ? DateTimeOffset.UnixEpoch : token.IssuedAt;
        return (await _unregistered.GetAsync(
            string.Create(CultureInfo.InvariantCulture, $"{id} {tier} {issuedAt.UtcTicks}"),
            _ => Task.FromResult<Client?>(new Client { Id = id, Name = "", Tier = tier, CreatedAt = issuedAt, UpdatedAt = issuedAt }),
            cancellationToken))!;
    }

    private sealed record Registration(Client? Client);
}
