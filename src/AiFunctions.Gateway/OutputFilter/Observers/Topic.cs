namespace AiFunctions.Gateway.OutputFilter.Observers;

/// <summary>What a term speaks for.</summary>
internal enum Topic
{
    Hazard,
    Procedure,
    Mitigation,
    Keylogger,
    Ransomware,
    ReverseShell,
    ProcessInjection,
    CredentialTheft,
    DownloadCradle,
    Destruction,
}
