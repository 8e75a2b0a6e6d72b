namespace AiFunctions.Gateway.Tests.KeyRotation;

/// <summary>Ends a simulated process where it stands.</summary>
internal sealed class ProcessDeath : Exception;
