namespace AiFunctions.Gateway.Clients.Certificates;

/// <summary>A registered certificate and the client that it stands for.</summary>
internal sealed record TrustedCertificate(ClientCertificate Certificate, Client Client);
