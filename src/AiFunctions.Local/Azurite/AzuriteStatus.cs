namespace AiFunctions.Local.Azurite;

/// <summary>Where this host's storage comes from.</summary>
internal enum AzuriteStatus
{
    /// <summary>Not known yet: the host has not started.</summary>
    Pending,

    /// <summary>The settings name a storage account that is not development storage.</summary>
    Remote,

    /// <summary>Development storage, and <c>Storage__StartAzurite</c> is off: somebody else starts it.</summary>
    Unmanaged,

    /// <summary>Development storage that was answering before this host started.</summary>
    AlreadyListening,

    /// <summary>This host has started Azurite and stops it on its way out.</summary>
    Started,
}
