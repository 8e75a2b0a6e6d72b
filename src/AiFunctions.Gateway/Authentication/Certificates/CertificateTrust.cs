namespace AiFunctions.Gateway.Authentication.Certificates;

/// <summary>What a certificate needs beyond being registered and in its time.</summary>
public enum CertificateTrust
{
    /// <summary>Nothing: the operator who registered it vouches for it. For certificates that are signed by themselves or by a private authority.</summary>
    Registered,

    /// <summary>A chain to a root that the operating system trusts.</summary>
    System,

    /// <summary>A chain to one of the roots that the settings name.</summary>
    CustomRoots,
}
