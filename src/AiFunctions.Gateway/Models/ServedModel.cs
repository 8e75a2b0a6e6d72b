namespace AiFunctions.Gateway.Models;

/// <summary>A model that the gateway can reach.</summary>
/// <param name="Id">The name that clients ask for it by.</param>
/// <param name="OwnedBy">The name of the upstream that serves it first.</param>
internal sealed record ServedModel(string Id, string OwnedBy);
