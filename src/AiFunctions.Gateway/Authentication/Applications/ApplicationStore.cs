using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using AiFunctions.Gateway.Authentication.Jwt;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Storage;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Authentication.Applications;

/// <summary>Which clients the applications of the token authority are.</summary>
/// <remarks>
/// The row leads from an application to its client, and the client names the application: only where both agree is it registered. So a row that
/// was left behind by a crash, or is ahead of its client's, grants nothing, and the next who registers the application takes it over.
/// </remarks>
internal sealed class ApplicationStore(TableStorage storage, ClientStore clients, IOptions<JwtOptions> options)
{
    private readonly GatewayTable _table = storage.GetTable("Clients");

    /// <summary>Whether there is an authority whose applications could be registered.</summary>
    public bool IsOn => options.Value.IsOn;

    /// <summary>
    /// The id under which an application is known: a hash of it and of its authority. Not a keyed one, as users have: applications are not persons, and
    /// registrations are to outlive a change of the key.
    /// </summary>
    public string IdOf(string application) => ClientId.OfApplication(
        BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{options.Value.Authority!.TrimEnd('/')}\0{application}"))));

    /// <summary>The client that an application is registered as; null when it is not.</summary>
    public async Task<Client?> FindAsync(string applicationId, CancellationToken cancellationToken) =>
        await _table.FindAsync<ApplicationEntity>(applicationId, ApplicationEntity.Row, cancellationToken) is { } row
            ? await FindHolderAsync(row, applicationId, cancellationToken)
            : null;

    /// <summary>Registers an application as a client that names it, or is about to; false when it is another's.</summary>
    public async Task<bool> TryClaimAsync(string application, string clientId, CancellationToken cancellationToken)
    {
        var id = IdOf(application);
        var row = await _table.ChangeAsync<ApplicationEntity>(
            id,
            ApplicationEntity.Row,
            async stored => stored is not null && (stored.ClientId == clientId || await FindHolderAsync(stored, id, cancellationToken) is not null)
                ? null
                : new ApplicationEntity { PartitionKey = id, ClientId = clientId },
            same => same.ClientId == clientId,
            cancellationToken);
        return row!.ClientId == clientId;
    }

    /// <summary>Ends a registration, if it is this client's.</summary>
    public async Task ReleaseAsync(string application, string clientId, CancellationToken cancellationToken)
    {
        var row = await _table.FindAsync<ApplicationEntity>(IdOf(application), ApplicationEntity.Row, cancellationToken);
        if (row?.ClientId == clientId)
        {
            await _table.TryDeleteAsync(row, cancellationToken);
        }
    }

    private async Task<Client?> FindHolderAsync(ApplicationEntity row, string applicationId, CancellationToken cancellationToken) =>
        await clients.FindAsync(row.ClientId, cancellationToken) is { Application: { } application } client && IdOf(application) == applicationId ? client : null;

    /// <summary>Which client an application's tokens stand for: partition key = the application's id, in the clients' table.</summary>
    private sealed class ApplicationEntity() : StoredEntity(rowKey: Row)
    {
        public const string Row = "application";

        public string ClientId { get; set; } = "";
    }
}
