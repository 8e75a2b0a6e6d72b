namespace AiFunctions.Infra.Tests.Fixtures;

/// <summary>A choice of the template's parameters.</summary>
public enum Variant
{
    /// <summary>What <c>azd up</c> makes of nothing but a name and a region.</summary>
    Plain,

    /// <summary>Every option taken.</summary>
    Full,

    /// <summary>The app delivers rotated keys to no vault.</summary>
    NoDeliveries,

    /// <summary>Bodies may be larger than by default.</summary>
    LargeBodies,

    /// <summary>Settings of the template's own are set otherwise, and updates end requests.</summary>
    Overriding,
}
