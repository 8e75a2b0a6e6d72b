namespace AiFunctions.Gateway.Authentication.Certificates;

/// <summary>What client certificates are worth.</summary>
public enum ClientCertificateMode
{
    /// <summary>They are not looked at.</summary>
    Off,

    /// <summary>A registered one is a credential, for a request that has no other.</summary>
    Accept,

    /// <summary>Every client operation takes a registered one; a key or token may come with it, of the same client.</summary>
    Require,
}
