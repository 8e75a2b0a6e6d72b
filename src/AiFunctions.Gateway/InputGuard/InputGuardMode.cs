namespace AiFunctions.Gateway.InputGuard;

/// <summary>What the guard does about a suspicious prompt.</summary>
public enum InputGuardMode
{
    /// <summary>Refuses what is clearly an attack and queues what may be one for review.</summary>
    Block,

    /// <summary>Serves everything that no operator has rejected, and queues what is suspicious for review.</summary>
    Flag,

    /// <summary>Judges nothing.</summary>
    Off,
}
