import Link from 'next/link';
import type { Profile } from '@lonja/api/contract';
import { Card } from '@lonja/ui-web/base/Card';
import { buttonClasses } from '@lonja/ui-web/base/buttonClasses';
import { useMessages } from '@lonja/ui-web/context/language';

/** The way to another password. */
export function SecurityCard({ profile }: { profile: Profile }): JSX.Element {
    const { security } = useMessages('profile');
    return (
        <Card title={security.title}>
            <p className="mb-4 text-soft">{profile.hasPassword ? security.text : security.set}</p>
            {profile.hasPassword && <Link href="/password" className={buttonClasses('plain')}>{security.change}</Link>}
        </Card>
    );
}
