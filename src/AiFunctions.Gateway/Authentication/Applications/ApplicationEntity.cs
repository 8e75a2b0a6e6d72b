using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Storage;

namespace AiFunctions.Gateway.Authentication.Applications;

/// <summary>Which client an application's tokens stand for: partition key = the application's id, in the clients' table.</summary>
internal sealed class ApplicationEntity() : StoredEntity(rowKey: Row)
{
    public const string Row = "application";

    public string ClientId { get; set; } = "";
}
