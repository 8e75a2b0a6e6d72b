using AiFunctions.Gateway.AnomalyDetection.Detection;

namespace AiFunctions.AnomalyEvaluation.Traffic;

/// <summary>Plants attacks: each on a client of its own, at any time after the first week, at any hour of the client's day.</summary>
internal static class AttackPlan
{
    private const int Day = 288;
    private static readonly AnomalyKind[] Kinds = Enum.GetValues<AnomalyKind>();

    public static List<Attack> Make(IReadOnlyList<SimulatedClient> clients, World world, int count, Dice dice)
    {
        var attacks = new List<Attack>();
        var free = clients.ToList();
        for (var i = 0; i < count; i++)
        {
            var kind = Kinds[i % Kinds.Length];
            while (true)
            {
                var client = dice.Pick(free);
                var slice = dice.Below(world.Slices - (8 * Day)) + (7 * Day);
                if (Fits(kind, client, slice))
                {
                    free.Remove(client);
                    attacks.Add(new Attack(client, kind, slice + dice.Between(0, 1), dice));
                    break;
                }
            }
        }

        return attacks;
    }

    // A client has been there for a while: three days, or so long that its rhythm can be known where that is what is attacked.
    private static bool Fits(AnomalyKind kind, SimulatedClient client, int slice)
    {
        var age = slice - client.Start;
        return slice + Day < client.End && kind switch
        {
            AnomalyKind.OffHours => client.Kind == ClientKind.Office && age >= 9 * Day && client.IsAlwaysQuiet(slice),
            AnomalyKind.UnusualShape => client.Kind != ClientKind.Idle && age >= 4 * Day && client.RateAt(slice) >= 1,
            _ => age >= 3 * Day,
        };
    }
}
